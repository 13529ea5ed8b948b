"""The core of Sitrep: reports in, attributed summaries, events and cards out. It knows no platform."""

VERSION = "0.1.0"
