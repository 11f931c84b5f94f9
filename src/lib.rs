//! Portcullis decides whether a software artifact may pass.
