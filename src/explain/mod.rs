//! What was observed → notes → words in English and Chinese.
