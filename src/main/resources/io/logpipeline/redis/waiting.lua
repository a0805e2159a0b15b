#!lua flags=no-writes
-- Which of some lists hold events now. Asked only where lists of several slots can be looked at
-- together.
--
-- KEYS[1…]  for each list: the list, its batch
--
-- {"WAITING", 0 or 1, …}  for each list, in turn
local reply = {'WAITING'}
for i = 1, #KEYS, 2 do
    local waits = redis.call('TYPE', KEYS[i])['ok'] == 'list' or redis.call('EXISTS', KEYS[i + 1]) == 1
    reply[#reply + 1] = waits and 1 or 0
end
return reply
