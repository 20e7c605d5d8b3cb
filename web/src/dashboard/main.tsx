import { render } from "preact";

import { App } from "./app";
import "../style/base.css";
import "./dashboard.css";

render(<App />, document.getElementById("page")!);
