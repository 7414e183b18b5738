-- It acts as the owner of the table, so nobody but the triggers may call it; the data API of Supabase would offer it.
REVOKE ALL ON FUNCTION grym_event(TEXT, TEXT, TEXT) FROM PUBLIC;
DO $$ DECLARE somebody TEXT; BEGIN
    FOR somebody IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION grym_event(TEXT, TEXT, TEXT) FROM %I', somebody);
    END LOOP;
END $$;
