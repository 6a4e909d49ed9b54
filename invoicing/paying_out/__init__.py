"""Payment batches: proposed, prepared, approved and released by different people, confirmed from the bank."""
