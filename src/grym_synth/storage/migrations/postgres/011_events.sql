-- A number is drawn before its row can be seen, so a reader could pass over one: this is what tells him to wait for it.
ALTER TABLE events ADD COLUMN xact XID8 NOT NULL DEFAULT pg_current_xact_id();
-- Writes an event as the owner of the table and wakes who listens. Neither that nor a Realtime of Supabase that fails can
-- fail what is being written: who was not woken catches up.
CREATE FUNCTION grym_event(kind TEXT, subject TEXT, what TEXT) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO events (at, kind, subject, what)
        VALUES (extract(epoch FROM clock_timestamp()), grym_event.kind, grym_event.subject, grym_event.what);
    PERFORM pg_notify('grym_events', '');
    IF to_regprocedure('realtime.send(jsonb, text, text, boolean)') IS NOT NULL THEN
        BEGIN
            PERFORM realtime.send(jsonb_build_object('kind', grym_event.kind), 'change', 'grym', TRUE);
        EXCEPTION WHEN OTHERS THEN
            NULL;
        END;
    END IF;
END $$;
CREATE FUNCTION grym_event_of_changes() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM grym_event('recording', NEW.sha256, 'changed');
    RETURN NULL;
END $$;
CREATE TRIGGER events_of_changes AFTER INSERT ON changes FOR EACH ROW
    EXECUTE FUNCTION grym_event_of_changes();
CREATE FUNCTION grym_event_of_ear_labels() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM grym_event('label', OLD.sha256, 'taken back');
    ELSE
        PERFORM grym_event('label', NEW.sha256, 'taught');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER events_of_ear_labels AFTER INSERT OR UPDATE OR DELETE ON ear_labels FOR EACH ROW
    EXECUTE FUNCTION grym_event_of_ear_labels();
CREATE FUNCTION grym_event_of_ear_corrections() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM grym_event('correction', OLD.sha256, 'taken back');
    ELSE
        PERFORM grym_event('correction', NEW.sha256, 'taught');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER events_of_ear_corrections AFTER INSERT OR UPDATE OR DELETE ON ear_corrections FOR EACH ROW
    EXECUTE FUNCTION grym_event_of_ear_corrections();
CREATE FUNCTION grym_event_of_ear_in_use() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM grym_event('ear', '', 'changed');
    RETURN NULL;
END $$;
CREATE TRIGGER events_of_ear_in_use AFTER UPDATE ON ear_in_use FOR EACH ROW
    EXECUTE FUNCTION grym_event_of_ear_in_use();
CREATE FUNCTION grym_event_of_knowledge_sources() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM grym_event('note', CAST(OLD.id AS TEXT), 'forgotten');
    ELSE
        PERFORM grym_event('note', CAST(NEW.id AS TEXT), 'read');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER events_of_knowledge_sources AFTER INSERT OR DELETE ON knowledge_sources FOR EACH ROW
    EXECUTE FUNCTION grym_event_of_knowledge_sources();
CREATE FUNCTION grym_event_of_health_log() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM grym_event('health', NEW.hub, NEW.state);
    RETURN NULL;
END $$;
CREATE TRIGGER events_of_health_log AFTER INSERT ON health_log FOR EACH ROW WHEN (NEW.event <> '')
    EXECUTE FUNCTION grym_event_of_health_log();
