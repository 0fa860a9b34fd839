"""How two versions of a flow differ: in the drawing, and in what users see."""
