#!lua flags=allow-oom
-- Removes a stream of pending keys, with its group, if it has no entry: looked at in the same moment,
-- so that the entry of a late writer is never removed with it. That writer makes the stream anew.
--
-- KEYS[1]  the stream of pending keys
--
-- {"REMOVED"}
-- {"KEPT", entries}  it has entries
local entries = redis.call('XLEN', KEYS[1])
if entries > 0 then
    return {'KEPT', entries}
end
redis.call('DEL', KEYS[1])
return {'REMOVED'}
