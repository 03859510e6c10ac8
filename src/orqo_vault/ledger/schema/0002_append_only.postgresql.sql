CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END
$$;

CREATE TRIGGER movement_stays BEFORE UPDATE OR DELETE ON movement FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER movement_is_kept BEFORE TRUNCATE ON movement EXECUTE FUNCTION refuse_change();

CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER entry_is_kept BEFORE TRUNCATE ON entry EXECUTE FUNCTION refuse_change();

CREATE TRIGGER settled_request_stays BEFORE UPDATE ON request FOR EACH ROW WHEN (OLD.state = 'settled')
EXECUTE FUNCTION refuse_change();

CREATE TRIGGER request_is_kept BEFORE DELETE ON request FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER request_is_not_emptied BEFORE TRUNCATE ON request EXECUTE FUNCTION refuse_change();
