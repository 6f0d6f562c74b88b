"""The reference consumer: scores churn events from one topic onto another, or dead-letters them."""
