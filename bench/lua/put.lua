-- Puts a product into the cart of each user in turn: products=FILE of ids, users=COUNT, prefix=TEXT of their names,
-- lines=COUNT of different products a cart gets, seed=NUMBER; limit=COUNT ends wrk at once, without a result, when so many requests
-- were made: wrk itself ends by time alone; delay=MILLISECONDS is what a connection waits on average before each request.
-- Quantities are random, so that (all but one in 900 of) the puts change something and have to be written.
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
dofile(here .. "report.lua")
dofile(here .. "shop.lua")

local users, lines, limit, stride, pause
local made = 0

function init(args)
   local values = arguments(args)
   shop_of(values)
   users, lines = tonumber(values.users), tonumber(values.lines)
   limit = tonumber(values.limit or "") or math.huge
   pause = tonumber(values.delay or "")
   if pause then delay = function() return math.random(0, math.floor(2 * pause)) end end
   -- Users in an order that is not that of their keys; a stride that shares no divisor with their number reaches all of them.
   stride = 7919
   while users % stride == 0 do stride = stride + 2 end
end

function request()
   local user = made * stride % users
   local line = math.floor(made / users) % lines
   made = made + 1
   if made == limit then os.exit(0) end
   return put(user, line_product(user, line), math.random(100, 999))
end
