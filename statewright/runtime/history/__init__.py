"""Looking back: sessions made again from what is stored."""
