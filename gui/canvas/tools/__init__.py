"""One class for each mouse gesture; the view holds exactly one of them at a time."""
