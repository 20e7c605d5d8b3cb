// The ready-made questions, each a statement that may be looked at and changed. A cluster answers its own CQL, which has no views, joins and
// groups of this kind, so it has a list of its own.

export interface Question {
  name: string;
  about: string;
  statement: string;
}

const samples = (keyspace: string): Question[] => [
  {
    name: "Puts of more than two",
    about: "The sample application's first query of the change log: how often a product was put in a quantity above 2.",
    statement: `SELECT count(*) FROM ${keyspace}.cart_items_scylla_cdc_log
WHERE "cdc$operation" = 2 AND product_quantity > 2 ALLOW FILTERING;`,
  },
  {
    name: "Puts of one product",
    about: "The sample application's second query: how often one product was put. It asks for the sample catalogue's stoneware mug; put another id in its place.",
    statement: `SELECT count(*) FROM ${keyspace}.cart_items_scylla_cdc_log
WHERE "cdc$operation" = 2 AND product_id = 26555f22-023f-464c-b38b-e36a29e1e37c ALLOW FILTERING;`,
  },
];

const inSql: Question[] = [
  { name: "Best sellers", about: "What is ordered most, by quantity.", statement: "SELECT name, quantity, orders, revenue, product_id FROM best_sellers LIMIT 20" },
  {
    name: "Put in and taken out",
    about: "How often a product was put into a cart and taken out again, and how often it then came back.",
    statement: `SELECT coalesce(product.name, 'a product that is gone') AS name, count(*) AS taken_out,
       count(put_again_at) AS put_again, second_thoughts.product_id
FROM second_thoughts LEFT JOIN product ON product.id = second_thoughts.product_id
GROUP BY second_thoughts.product_id ORDER BY taken_out DESC LIMIT 20`,
  },
  {
    name: "Abandoned carts",
    about: "Active carts with something in them that nobody has touched for an hour, the most valuable first.",
    statement: "SELECT user_id, value, products, quantity, last_change FROM abandoned_carts ORDER BY value DESC LIMIT 100",
  },
  {
    name: "From cart to order",
    about: "Into how many carts a product was put, and how many of these were ordered with it.",
    statement: "SELECT name, carts, ordered, rate, product_id FROM put_to_order ORDER BY carts DESC, name LIMIT 50",
  },
  {
    name: "In carts now",
    about: "How many active carts hold a product now, and how much of it.",
    statement: "SELECT name, carts, quantity, product_id FROM carts_with_products ORDER BY carts DESC, quantity DESC LIMIT 50",
  },
  {
    name: "Revenue a day",
    about: "Orders and revenue of each day, in UTC.",
    statement: "SELECT substr(placed_at, 1, 10) AS day, sum(total) AS revenue, count(*) AS orders\nFROM orders GROUP BY day ORDER BY day",
  },
  {
    name: "Revenue an hour",
    about: "Orders and revenue of each hour that had any, in UTC.",
    statement: "SELECT substr(placed_at, 1, 13) || ':00' AS hour, sum(total) AS revenue, count(*) AS orders\nFROM orders GROUP BY hour ORDER BY hour",
  },
  ...samples("ecommerce"),
];

const inCql = (keyspace: string): Question[] => [
  ...samples(keyspace),
  { name: "Some orders", about: "Orders of whichever users come first in the cluster.", statement: `SELECT * FROM ${keyspace}.orders LIMIT 20` },
  { name: "Some carts", about: "Which carts users have and had.", statement: `SELECT user_id, cart_id, is_active FROM ${keyspace}.cart LIMIT 50` },
  { name: "Some cart items", about: "What is in carts.", statement: `SELECT user_id, cart_id, product_id, product_quantity FROM ${keyspace}.cart_items LIMIT 50` },
  { name: "Products", about: "The catalogue, in the cluster's order.", statement: `SELECT id, name, price FROM ${keyspace}.product LIMIT 100` },
];

/** `keyspace`: of a cluster; nothing for a shop on one machine. */
export function readyQuestions(keyspace: string | undefined): Question[] {
  return keyspace === undefined ? inSql : inCql(keyspace);
}

export function findReady(statement: string, questions: Question[]): Question | undefined {
  return questions.find((question) => question.statement === statement);
}
