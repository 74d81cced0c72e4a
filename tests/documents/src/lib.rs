//! This library is empty: the checks of the documents are the test `documents`.
