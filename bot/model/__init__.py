"""The field's words as frozen, typed values; imports nothing of ours."""
