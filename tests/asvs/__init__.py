"""What the tests show of OWASP's Application Security Verification Standard 5.0: `python -m tests.asvs`."""
