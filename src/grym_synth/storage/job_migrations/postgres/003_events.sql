CREATE FUNCTION grym_event_of_jobs() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM grym_event('job', NEW.id, NEW.state);
    RETURN NULL;
END $$;
CREATE TRIGGER events_of_jobs_new AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION grym_event_of_jobs();
CREATE TRIGGER events_of_jobs AFTER UPDATE ON jobs FOR EACH ROW WHEN (OLD.state <> NEW.state)
    EXECUTE FUNCTION grym_event_of_jobs();
