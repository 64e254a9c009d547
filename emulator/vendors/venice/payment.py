"""What Venice asks for when nobody pays: the 402 discovery body of a paid route (documented shape)."""

from typing import Any

# Documented: the networks and receivers that Venice names in its payment requirements.
ACCEPTS: tuple[dict[str, Any], ...] = (
    {
        "scheme": "exact",
        "network": "eip155:8453",
        "asset": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
        "amount": "5000000",
        "payTo": "0x2670B922ef37C7Df47158725C0CC407b5382293F",
        "maxTimeoutSeconds": 300,
        "extra": {"name": "USD Coin", "version": "2"},
    },
    {
        "scheme": "exact",
        "network": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
        "asset": "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        "amount": "5000000",
        "payTo": "8qUL23aSj7mDWdoLMXGHFvnVCT9wd7jXcysiekroADEL",
        "maxTimeoutSeconds": 300,
        "extra": {"feePayer": "BFK9TLC3edb13K6v4YyH3DwPb5DSUpkWvb7XnqCL9b4F"},
    },
)


def discovery(origin: str, resource: str) -> dict[str, Any]:
    """The body of a 402 to a caller without credentials; `resource` is the path asked for."""
    return {
        "x402Version": 2,
        "error": "Payment required",
        "resource": {"url": origin + resource, "description": "Venice API", "mimeType": "application/json"},
        "accepts": list(ACCEPTS),
        "extensions": {},
        "authOptions": {
            "apiKey": {
                "header": "Authorization: Bearer YOUR_API_KEY",
                "getKey": "https://venice.ai/settings/api",
                "docs": "https://docs.venice.ai/api-reference",
            },
            "x402Wallet": {
                "header": "SIGN-IN-WITH-X",
                "legacyHeader": "X-Sign-In-With-X",
                "topUp": "POST /api/v1/x402/top-up",
                "docs": "https://docs.venice.ai/api-reference/endpoint/x402/top-up",
            },
        },
    }
