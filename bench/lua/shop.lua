-- The requests of shoppers, as text. Written out by hand because wrk.format() would cost as much as the rest of the load.

local products = {}
local prefix, first_user

function shop_of(values)
   products = lines_of(values.products)
   prefix = values.prefix
   -- Numbers from COUNT on are of one length, when COUNT begins with a digit below 5; so all answers are of one length.
   first_user = tonumber(values.users)
   math.randomseed(tonumber(values.seed or "1"))
end

function product_count() return #products end

-- The product of a cart's line number 0, 1, 2, ...; 11 has no divisor in common with a catalogue of 50.
function line_product(user, line) return (user + line * 11) % #products + 1 end

local function with_body(method, user, body)
   return method .. " /cart/" .. prefix .. first_user + user .. " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
      .. #body .. "\r\n\r\n" .. body
end

function put(user, product, quantity)
   return with_body("POST", user, '{"product_id":"' .. products[product] .. '","quantity":' .. quantity .. "}")
end

function remove(user, product)
   return with_body("DELETE", user, '{"product_id":"' .. products[product] .. '"}')
end

function check_out(user)
   return "POST /cart/" .. prefix .. first_user + user .. "/checkout HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
end

function read_cart(user)
   return "GET /cart/" .. prefix .. first_user + user .. " HTTP/1.1\r\nHost: localhost\r\n\r\n"
end

function read_product(product)
   return "GET /products/" .. products[product] .. " HTTP/1.1\r\nHost: localhost\r\n\r\n"
end

function list_products()
   return "GET /products?limit=50 HTTP/1.1\r\nHost: localhost\r\n\r\n"
end
