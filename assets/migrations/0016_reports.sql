-- Reports are decided about by themselves, so they are found by their own id, whatever they hang on.

ALTER TABLE exhibit ADD COLUMN piece TEXT
    GENERATED ALWAYS AS (substr(id, instr(id, '/') + 1)) VIRTUAL;
CREATE INDEX exhibit_piece ON exhibit (piece);
