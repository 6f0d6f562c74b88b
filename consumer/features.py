"""The inputs of the model: names, categories and ranges, in the contract's order."""

_YES_NO = ("Yes", "No")
_IF_INTERNET = ("Yes", "No", "No internet service")

NUMERIC = ("SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges")

RANGES: dict[str, tuple[int, int]] = {
    "SeniorCitizen": (0, 1),
    "tenure": (0, 100),
    "MonthlyCharges": (0, 200),
    "TotalCharges": (0, 1_000_000),
}

CATEGORIES: dict[str, tuple[str, ...]] = {
    "gender": ("Male", "Female"),
    "Partner": _YES_NO,
    "Dependents": _YES_NO,
    "PhoneService": _YES_NO,
    "MultipleLines": ("Yes", "No", "No phone service"),
    "InternetService": ("DSL", "Fiber optic", "No"),
    "OnlineSecurity": _IF_INTERNET,
    "OnlineBackup": _IF_INTERNET,
    "DeviceProtection": _IF_INTERNET,
    "TechSupport": _IF_INTERNET,
    "StreamingTV": _IF_INTERNET,
    "StreamingMovies": _IF_INTERNET,
    "Contract": ("Month-to-month", "One year", "Two year"),
    "PaperlessBilling": _YES_NO,
    "PaymentMethod": (
        "Electronic check",
        "Mailed check",
        "Bank transfer (automatic)",
        "Credit card (automatic)",
    ),
}

COLUMNS = (*NUMERIC, *CATEGORIES)
