"""What the desk decides by itself: working time, due moments, what a missed promise gives back. No database, no clock."""
