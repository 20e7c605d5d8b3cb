import { render } from "preact";

import { App } from "./app";
import "../style/base.css";
import "./shop.css";

render(<App />, document.getElementById("page")!);
