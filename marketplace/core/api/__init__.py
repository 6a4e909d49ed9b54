"""What every operation of the API stands on: tokens, scopes, keys against doing twice, pages of rows, errors."""
