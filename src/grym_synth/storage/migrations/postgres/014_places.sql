-- Without the extension there is no place, and every hub searches by itself. One index goes by all aspects together, one
-- by each alone, among those of which it says anything; where each lies is `memory.aspects`.
DO $$ DECLARE part RECORD; BEGIN
    IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector') THEN
        IF 'extensions' = ANY (current_schemas(false)) THEN  -- where Supabase has them
            CREATE EXTENSION IF NOT EXISTS vector SCHEMA extensions;
        ELSE
            CREATE EXTENSION IF NOT EXISTS vector;
        END IF;
        ALTER TABLE places ADD COLUMN place halfvec(192);
        CREATE INDEX places_near ON places USING hnsw (place halfvec_ip_ops) WITH (m = 16, ef_construction = 64);
        FOR part IN SELECT * FROM (VALUES (1, 80), (81, 32), (113, 24), (137, 48), (185, 8)) AS parts (at, length) LOOP
            EXECUTE format(
                'CREATE INDEX places_near_%1$s ON places USING hnsw'
                ' ((subvector(place, %1$s, %2$s)::halfvec(%2$s)) halfvec_ip_ops) WITH (m = 16, ef_construction = 64)'
                ' WHERE l2_norm(subvector(place, %1$s, %2$s)) > 0', part.at, part.length);
        END LOOP;
    END IF;
EXCEPTION WHEN insufficient_privilege OR undefined_object OR undefined_function OR undefined_file OR feature_not_supported
THEN
    RAISE WARNING 'the server searches no vectors: % (%)', SQLERRM, SQLSTATE;
END $$;
