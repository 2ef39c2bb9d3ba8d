"""Labelled paragraphs → a trained model and its scores: no MLflow, no Hydra."""
