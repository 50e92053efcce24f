-- Lists of one status that are not the queue are read newest first.
CREATE INDEX inquiry_newest_by_status ON inquiry (status, created_at DESC, id);
