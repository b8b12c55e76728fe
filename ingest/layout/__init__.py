"""The cleaning steps: each looks at the printed lines and says what they are; none edits text."""
