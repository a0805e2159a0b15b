-- The peer's POST /log: the same validation, RPUSH and EXPIRE for each list in one pipeline, over a
-- pool of kept connections. It does not gather requests, knows no idempotency key, tells no drainer,
-- refuses no duplicate member, and stores the object as it came instead of writing it anew.
local cjson = require 'cjson'
local redis = require 'nginx.redis'

local DAY_SECONDS = 86400
local TIMESTAMP_MAX = 253402300799
local EXPIRATION_SECONDS = 600
local POOL_SIZE = 256
local IDLE_MILLISECONDS = 60000
local ARRAY = 0x5B

cjson.decode_max_depth(32)

local exit = ngx.exit
local find, byte, gsub, format = string.find, string.byte, string.gsub, string.format
local floor = math.floor

local function refuse(details)
    ngx.status = 400
    ngx.header.content_type = 'application/json'
    ngx.print(cjson.encode({ error = 'Invalid JSON format', details = details }))
    return exit(400)
end

local function percent(c)
    return format('%%%02X', byte(c))
end

-- The list's key, or nothing and what is wrong.
local function key_of(event)
    local id, text, seconds = event.user_id, event.event, event.timestamp
    if type(id) ~= 'string' or #id == 0 or #id > 128 or find(id, '%c') then
        return nil, 'user_id'
    end
    if type(text) ~= 'string' or #text == 0 or #text > 65536 then
        return nil, 'event'
    end
    if type(seconds) ~= 'number' or seconds < 0 or seconds > TIMESTAMP_MAX
            or seconds ~= floor(seconds) then
        return nil, 'timestamp'
    end
    if find(id, '[^%w._~@-]') then
        id = gsub(id, '[^%w._~@-]', percent)
    end
    return format('logs:user_%s:%d', id, floor(seconds / DAY_SECONDS))
end

-- Line breaks of JSON are white space: outside of strings, where a blank does as well.
local function one_line(body)
    return find(body, '[\r\n]') and gsub(body, '[\r\n]', ' ') or body
end

local function connected()
    local connection = redis:new()
    connection:set_timeout(1000)
    local ok, problem = connection:connect('127.0.0.1', redis_port)
    return ok and connection, problem
end

local function commit(connection)
    local replies, problem = connection:commit_pipeline()
    if not replies then
        return exit(500)
    end
    for i = 1, #replies do
        if type(replies[i]) == 'table' then
            return exit(500)
        end
    end
    connection:set_keepalive(IDLE_MILLISECONDS, POOL_SIZE)
end

local function single(body, event)
    local key, problem = key_of(event)
    if not key then
        return refuse(problem)
    end
    local connection = connected()
    if not connection then
        return exit(500)
    end
    connection:init_pipeline(2)
    connection:rpush(key, one_line(body))
    connection:expire(key, EXPIRATION_SECONDS)
    commit(connection)
    ngx.header.content_length = 0
    return exit(200)
end

local function bulk(events)
    local lists, order = {}, {}
    for i = 1, #events do
        local event = events[i]
        local key, problem = key_of(event)
        if not key then
            return refuse('event ' .. i .. ': ' .. problem)
        end
        local list = lists[key]
        if not list then
            list = {}
            lists[key] = list
            order[#order + 1] = key
        end
        list[#list + 1] = cjson.encode(event)
    end
    local connection = connected()
    if not connection then
        return exit(500)
    end
    connection:init_pipeline(2 * #order)
    for i = 1, #order do
        connection:rpush(order[i], unpack(lists[order[i]]))
        connection:expire(order[i], EXPIRATION_SECONDS)
    end
    commit(connection)
    ngx.header.content_type = 'application/json'
    ngx.print('{"accepted":', #events, '}')
    return exit(200)
end

return function()
    ngx.req.read_body()
    local body = ngx.req.get_body_data()
    if not body then
        return refuse('the body is empty')
    end
    local fine, value = pcall(cjson.decode, body)
    if not fine or type(value) ~= 'table' then
        return refuse('not JSON')
    end
    if byte(body) == ARRAY then
        return bulk(value)
    end
    return single(body, value)
end
