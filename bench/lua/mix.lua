-- The shopper mix: 30 % read a product, 10 % list 50 products, 20 % read a cart, 30 % put, 5 % remove a line, 5 % check out.
-- Arguments as for put.lua. Each of the users must have a cart with its line 0 in it when the run begins.
--
-- Every answer is to be 2xx, though requests of several connections overtake each other. So a cart is checked out only when none of
-- its requests can still be under way, and its user is left alone until the checkout is surely done; then a put opens the next cart,
-- and again its user rests. `rest` is the number of requests that have to be made meanwhile: many times the connections, so that an
-- older one would have to be overtaken by thousands. Line 0 is never removed: no cart is empty when it is checked out.
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
dofile(here .. "report.lua")
dofile(here .. "shop.lua")

local rest = 4096
local step = 0
local random = math.random

local active, active_count = {}, 0  -- users with a cart
local touched = {}                  -- the step of a user's last request
local last_put = {}                 -- the product that a user put last

-- Users that rest, first in first out.
local function new_queue() return {first = 1, behind = 1, users = {}, since = {}} end
local closing, opening = new_queue(), new_queue()

local function push(queue, user)
   queue.users[queue.behind], queue.since[queue.behind] = user, step
   queue.behind = queue.behind + 1
end

local function pop_rested(queue)
   local at = queue.first
   if at == queue.behind or queue.since[at] + rest > step then return nil end
   local user = queue.users[at]
   queue.users[at], queue.since[at] = nil, nil
   queue.first = at + 1
   return user
end

function init(args)
   local values = arguments(args)
   shop_of(values)
   active_count = tonumber(values.users)
   for i = 1, active_count do
      active[i] = i - 1
      touched[i - 1] = -rest
   end
end

local function put_something()
   local user = pop_rested(closing)
   if user then
      push(opening, user)
      return put(user, line_product(user, 0), random(100, 999))
   end
   user = active[random(active_count)]
   local product = line_product(user, random(9))
   touched[user], last_put[user] = step, product
   return put(user, product, random(100, 999))
end

local function remove_something()
   local user = active[random(active_count)]
   touched[user] = step
   return remove(user, last_put[user] or line_product(user, 1))
end

local function check_out_someone()
   for _ = 1, 64 do
      local at = random(active_count)
      local user = active[at]
      if touched[user] + rest <= step then
         active[at] = active[active_count]
         active_count = active_count - 1
         last_put[user] = nil
         push(closing, user)
         return check_out(user)
      end
   end
   return put_something()  -- all are busy, which takes far fewer users than the runs have
end

function request()
   step = step + 1
   local opened = pop_rested(opening)
   if opened then
      active_count = active_count + 1
      active[active_count] = opened
      touched[opened] = -rest
   end
   local dice = random(100)
   if dice <= 30 then return read_product(random(product_count())) end
   if dice <= 40 then return list_products() end
   if dice <= 60 then
      local user = active[random(active_count)]
      touched[user] = step
      return read_cart(user)
   end
   if dice <= 90 then return put_something() end
   if dice <= 95 then return remove_something() end
   return check_out_someone()
end
