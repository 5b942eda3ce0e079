import { render } from "preact";
import "ol/ol.css";
import "./style/page.css";
import "./style/panels.css";
import "./style/flying.css";
import "./style/aircraft.css";
import "./style/narrow.css";
import { listenToKeys } from "./keyboard";
import { Page } from "./panels/Page";
import { allowSoundOnFirstGesture } from "./sound";
import { startSession } from "./state/session";

allowSoundOnFirstGesture();
listenToKeys();
startSession();
render(<Page />, document.getElementById("page") as HTMLElement);
