"""What comes after sampling: draws, summaries, prediction, storage."""
