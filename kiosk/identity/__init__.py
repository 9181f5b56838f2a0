"""Who is at the screen: the person on the document, by their face or by another way of equal worth."""
