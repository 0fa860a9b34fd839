"""What conversations cover of a flow, and conversations that cover all of it that can be."""
