//! The checks of the documents are the test `documents`.
