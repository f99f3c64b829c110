// What only the browser can do: follow a link of ours without reloading the document, lead from a
// point of a picture to its evidence, and save a picture as it is drawn, with title and caption.
const INSET = 24;
const PIXELS = 2;

export default function ({ data, setTriggerValue }) {
  const clicked = (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const shown = evidence(event);
    if (shown && /^https?:/.test(shown)) window.open(shown, "_blank", "noopener,noreferrer");
    else if (shown) setTriggerValue("went", shown);
    if (shown) return;
    const found = event.target.closest?.(".stMain a[target='_self'], .stMain a.png");
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    if (found.classList.contains("png")) save(found.getAttribute("href").slice(1));
    else setTriggerValue("went", found.getAttribute("href"));
  };
  // A component is called again whenever it is drawn: one listener at a time, one step a link.
  document.removeEventListener("click", window.drumbeatLinks, true);
  window.drumbeatLinks = clicked;
  document.addEventListener("click", clicked, true);
  if (data && data.step !== window.drumbeatStep) {
    window.drumbeatStep = data.step;
    go(data.to);
  }
}

// The id of a point is the address of its evidence; the one under the pointer is known to Plotly.
function evidence(event) {
  const plot = event.target.closest?.(".stMain .js-plotly-plot");
  return plot?._hoverdata?.map((point) => point.id).find(Boolean);
}

// The page's own navigation is used, so that history stays whole.
function go(address) {
  const to = new URL(address, document.baseURI);
  const entries = [...document.querySelectorAll("[data-testid='stSidebarNavLink']")];
  const entry = entries.find((found) => new URL(found.href).pathname === to.pathname);
  if (entry) entry.click();
  else location.assign(to);
}

async function save(key) {
  const whole = document.querySelector(`.st-key-${key}`);
  const plot = whole.querySelector(".js-plotly-plot");
  const { width, height } = plot.getBoundingClientRect();
  const texts = [...whole.querySelectorAll("h3, .metric .value, .metric li, p.caption")];
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const lines = texts.flatMap((text) => wrapped(pen, text, width));
  const top = INSET + lines.reduce((sum, line) => sum + line.height, 0);
  canvas.width = (width + 2 * INSET) * PIXELS;
  canvas.height = (top + height + INSET) * PIXELS;
  pen.scale(PIXELS, PIXELS);
  pen.fillStyle = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  let down = INSET;
  for (const line of lines) {
    pen.font = line.font;
    pen.fillStyle = line.colour;
    pen.fillText(line.words, INSET, down + line.height * 0.75);
    down += line.height;
  }
  for (const layer of plot.querySelectorAll("svg.main-svg")) {
    pen.drawImage(await picture(layer), INSET, top, width, height);
  }
  const link = document.createElement("a");
  link.href = canvas.toDataURL("image/png");
  link.download = `${key}.png`;
  link.click();
}

function wrapped(pen, text, width) {
  const style = getComputedStyle(text);
  const font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const height = parseFloat(style.lineHeight) || 1.3 * parseFloat(style.fontSize);
  pen.font = font;
  const lines = [""];
  for (const word of text.innerText.trim().split(/\s+/)) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((words) => ({ words, font, height, colour: style.color }));
}

function picture(layer) {
  const copy = layer.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const image = new Image();
  const text = new XMLSerializer().serializeToString(copy);
  return new Promise((resolve, reject) => {
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
}
