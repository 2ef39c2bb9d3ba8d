"""jianghua (讲话): what each paragraph of a Chinese official speech is for."""

__version__ = "0.1.0"
