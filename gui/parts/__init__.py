"""What several panels are made of: forms, editors, lists, small widgets; they know no panel."""
