"""What the program brings along: catalogue data, sample images, fonts, icons."""
