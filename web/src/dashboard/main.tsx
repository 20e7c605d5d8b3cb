import { render } from "preact";

// First what all pages share, so that what a view says of its own parts comes later and wins.
import "../style/base.css";
import "./dashboard.css";
import { App } from "./app";

render(<App />, document.getElementById("page")!);
