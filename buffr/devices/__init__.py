"""`buffr devices`: finding and looking after what a node drives."""
