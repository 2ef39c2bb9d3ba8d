"""The database of an archive: its tables (docs/archive.md says what they hold), and the full-text index."""

from jianghua.labels import FUNCTIONS

ARCHIVE = "_archive.db"
"""Its name in the folder of the outputs."""
APPLICATION = 0x4A48_7561
"""“JHua”: in the head of the file, by which `file` and we know it."""
VERSION = 1
"""PRAGMA user_version; changes with whatever a reader of the tables would notice."""

HEADINGS, META = "heading", "meta"
COLUMNS_OF_WORDS = (*FUNCTIONS, HEADINGS, META)
"""A column of the index for each function: the text of a paragraph stands in those of its segments."""

TABLES = (
    """CREATE TABLE about (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID""",
    """CREATE TABLE speeches (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  file TEXT NOT NULL,
  speech INTEGER NOT NULL,
  title TEXT,
  speaker TEXT,
  office TEXT,
  date TEXT,
  year INTEGER,
  occasion TEXT,
  characters INTEGER NOT NULL,
  paragraphs INTEGER NOT NULL
)""",
    """CREATE TABLE paragraphs (
  id INTEGER PRIMARY KEY,
  speech INTEGER NOT NULL REFERENCES speeches (id),
  paragraph INTEGER NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  kind TEXT NOT NULL,
  level INTEGER,
  outline TEXT NOT NULL,
  label TEXT,
  secondary TEXT,
  confidence REAL,
  fingerprint TEXT,
  text TEXT NOT NULL
)""",
    """CREATE TABLE segments (
  paragraph INTEGER NOT NULL REFERENCES paragraphs (id),
  segment INTEGER NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  text_start INTEGER NOT NULL,
  text_end INTEGER NOT NULL,
  label TEXT NOT NULL,
  confidence REAL NOT NULL,
  PRIMARY KEY (paragraph, segment)
) WITHOUT ROWID""",
    """CREATE TABLE corrections (
  source TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  label TEXT NOT NULL,
  secondary TEXT,
  segments TEXT,
  annotator TEXT NOT NULL,
  date TEXT NOT NULL,
  note TEXT,
  PRIMARY KEY (source, fingerprint, annotator, date)
) WITHOUT ROWID""",
    f"""CREATE VIRTUAL TABLE words USING fts5 ({", ".join(COLUMNS_OF_WORDS)}, content='', tokenize='ascii')""",
)
INDEXES = ("CREATE INDEX paragraphs_of_speech ON paragraphs (speech, paragraph)",)
"""Made when all rows are in."""
