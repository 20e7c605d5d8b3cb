import { render } from "preact";

import { App } from "./app";
import { readCurrency } from "./currency";
import { followShop } from "./following";
import "../style/base.css";
import "./shop.css";
import "./catalogue.css";
import "./cart.css";
import "./orders.css";

followShop();
void readCurrency();
render(<App />, document.getElementById("page")!);
