import { render } from "preact";

import { App } from "./app";
import { readCurrency } from "./currency";
import { followShop } from "./following";
import "../style/base.css";
import "./shop.css";

followShop();
void readCurrency();
render(<App />, document.getElementById("page")!);
