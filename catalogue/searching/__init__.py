"""How the catalogue is searched: the words typed, the counts beside the results, their order."""
