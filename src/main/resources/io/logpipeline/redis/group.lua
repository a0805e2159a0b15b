#!lua flags=allow-oom
-- Creates stream and group when they are missing. The group starts at the stream's beginning, so that
-- entries older than the group are handed out too.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the group
--
-- {"CREATED"}
-- {"EXISTED"}
local created = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
if not created['err'] then
    return {'CREATED'}
end
if string.find(created['err'], 'BUSYGROUP', 1, true) then
    return {'EXISTED'}
end
return created
