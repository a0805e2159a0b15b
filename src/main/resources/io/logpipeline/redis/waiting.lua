#!lua flags=no-writes
-- Which of some lists hold events now. Asked only where lists of several slots can be looked at
-- together, by who is about to make their files.
--
-- KEYS[1]  the store's id
-- KEYS[2]  the volume's lease
-- KEYS[3…] for each list: the list, its batch
-- ARGV[1]  the store id that the caller prepared its files for
-- ARGV[2]  the volume id that the caller writes to
--
-- {"WAITING", 0 or 1, …}  for each list, in turn
-- {"NOT_ADMITTED"}        the store is another one, or the volume has no lease: prepare again
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('GET', KEYS[2]) ~= ARGV[2] then
    return {'NOT_ADMITTED'}
end
local reply = {'WAITING'}
for i = 3, #KEYS, 2 do
    local waits = redis.call('TYPE', KEYS[i])['ok'] == 'list' or redis.call('EXISTS', KEYS[i + 1]) == 1
    reply[#reply + 1] = waits and 1 or 0
end
return reply
