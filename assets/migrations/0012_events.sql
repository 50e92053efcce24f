-- Events that were seen long ago are forgotten.
CREATE INDEX event_seen ON event (seen_at);
