-- Nobody has to be woken: who looks at a file looks again.
CREATE TRIGGER events_of_recording AFTER INSERT ON changes BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'recording', NEW.sha256, 'changed');
END;
CREATE TRIGGER events_of_label_in AFTER INSERT ON ear_labels BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'label', NEW.sha256, 'taught');
END;
CREATE TRIGGER events_of_label AFTER UPDATE ON ear_labels BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'label', NEW.sha256, 'taught');
END;
CREATE TRIGGER events_of_label_out AFTER DELETE ON ear_labels BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'label', OLD.sha256, 'taken back');
END;
CREATE TRIGGER events_of_correction_in AFTER INSERT ON ear_corrections BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'correction', NEW.sha256, 'taught');
END;
CREATE TRIGGER events_of_correction AFTER UPDATE ON ear_corrections BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'correction', NEW.sha256, 'taught');
END;
CREATE TRIGGER events_of_correction_out AFTER DELETE ON ear_corrections BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'correction', OLD.sha256, 'taken back');
END;
CREATE TRIGGER events_of_ear AFTER UPDATE ON ear_in_use BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'ear', '', 'changed');
END;
CREATE TRIGGER events_of_note_in AFTER INSERT ON knowledge_sources BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'note', CAST(NEW.id AS TEXT), 'read');
END;
CREATE TRIGGER events_of_note_out AFTER DELETE ON knowledge_sources BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'note', CAST(OLD.id AS TEXT), 'forgotten');
END;
CREATE TRIGGER events_of_health AFTER INSERT ON health_log WHEN NEW.event <> '' BEGIN
    INSERT INTO events (at, kind, subject, what) VALUES ((julianday('now') - 2440587.5) * 86400.0, 'health', NEW.hub, NEW.state);
END;
