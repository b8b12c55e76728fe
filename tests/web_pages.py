"""Web pages in the manner of ministries, UN agencies and law databases: their text, and what stands around it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """A page as HTML; phrases of its `text`, all of which belong into passages, and of what is `around` it, none."""

    html: str
    text: tuple[str, ...]
    around: tuple[str, ...]


def _links(*names: str) -> str:
    return "".join(f'<li><a href="/{at}">{name}</a></li>' for at, name in enumerate(names))


def _page(title: str, body: str, text: Sequence[str], around: Sequence[str]) -> WebPage:
    html = f"<!doctype html><html><head><title>{title}</title></head>"
    html += f"<body class='has-sidebar no-cookies'>{body}</body></html>"
    return WebPage(html=html, text=tuple(text), around=tuple(around))


MINISTRY = _page(
    "Vacunación en frontera",
    f"""
<div id="sliding-popup" class="eu-cookie-compliance-banner"><p>Utilizamos cookies para mejorar su experiencia de
navegación. Al continuar acepta nuestra política.</p><div class="actions"><a href="#">Aceptar</a></div></div>
<div class="region region-header"><div class="menu-principal"><ul class="menu">
{_links("Inicio", "El Ministerio", "Transparencia", "Normas legales", "Servicios al ciudadano")}</ul></div></div>
<div class="breadcrumb"><a href="/">Inicio</a> / <a href="/n">Noticias</a> / Vacunación en frontera</div>
<div class="region region-content"><div class="node node-noticia"><h1>Vacunación en frontera</h1>
<div class="field-fecha">2 de marzo de 2020</div>
<div class="field field-body"><p>El Ministerio vacunó a 1.200 personas migrantes en Tumbes durante febrero.</p>
<p>La campaña continuará en Tacna, donde la cobertura es de 61 %.</p>
<ul><li>Sarampión: 700 dosis</li><li>Influenza: 500 dosis</li></ul></div>
<div class="social-share"><span>Compartir en</span> <a href="#">Facebook</a> <a href="#">Twitter</a></div>
<div class="view view-noticias-relacionadas"><h2>Noticias relacionadas</h2><ul>
{_links("Ministro visitó el hospital de Piura", "Entregan ambulancias en Loreto")}</ul></div></div></div>
<div id="pie" class="footer-wrapper"><p>Av. Salaverry 801, Jesús María. Central telefónica 315-6600</p></div>""",
    [
        "Vacunación en frontera", "2 de marzo de 2020", "El Ministerio vacunó a 1.200 personas",
        "La campaña continuará en Tacna", "Sarampión: 700 dosis", "Influenza: 500 dosis",
    ],
    [
        "Utilizamos cookies", "Aceptar", "Transparencia", "Servicios al ciudadano", "Inicio / Noticias", "Compartir en",
        "Ministro visitó", "Entregan ambulancias", "Av. Salaverry 801",
    ],
)  # fmt: skip

UN_STORY = _page(
    "Health without papers",
    f"""
<a class="skip-link" href="#content">Skip to main content</a>
<div id="cookie-notice" role="dialog"><span>We use cookies to ensure the best experience on our website.</span></div>
<div class="site-header"><div class="main-navigation"><ul>{_links("About us", "What we do", "Countries", "Donate")}</ul>
</div></div>
<div id="content" class="content-with-sidebar"><div class="entry"><h1 class="entry-title">Health without papers</h1>
<div class="entry-meta">Lima, 12 May 2021</div><div class="entry-content">
<p>Three of ten women without papers gave birth at home, a survey of 2,400 households found.</p>
<blockquote>“I was afraid that they would ask for my visa,” said Rosa.</blockquote>
<h2>What the law says</h2><p>Emergency care is free for everyone since 2017 (see <a href="/l">Law 30947</a>).</p>
<figure><img src="a.jpg"><figcaption>A clinic in Tumbes. Photo: J. Díaz</figcaption></figure></div>
<div class="sharedaddy sd-sharing-enabled"><h3>Share this:</h3><ul>{_links("Facebook", "WhatsApp", "Print")}</ul></div>
<div class="jp-relatedposts"><h3>Related</h3><p>Schools open their doors to newcomers in Trujillo.</p></div></div>
<div id="comments" class="comments-area"><h2>2 thoughts on “Health without papers”</h2><ol class="comment-list">
<li>Mark says: great article, thank you for sharing it with us!</li></ol>
<div id="respond"><h3>Leave a Reply</h3></div></div>
<div id="secondary" class="widget-area sidebar"><div class="widget widget_recent_entries"><h2>Recent posts</h2><ul>
{_links("World Health Day", "New country office")}</ul></div><div class="newsletter-signup"><p>Subscribe to our monthly
newsletter and never miss a story.</p></div></div></div>""",
    [
        "Health without papers", "Lima, 12 May 2021", "Three of ten women without papers", "“I was afraid",
        "Emergency care is free for everyone since 2017 (see Law 30947).", "A clinic in Tumbes. Photo: J. Díaz",
    ],
    [
        "Skip to main content", "We use cookies", "Donate", "Share this", "WhatsApp", "Schools open their doors",
        "2 thoughts on", "great article", "Leave a Reply", "World Health Day", "Subscribe to our monthly",
    ],
)  # fmt: skip

LAW = _page(
    "Ley 30947",
    """
<div class="topbar"><a href="/">Portal</a> <a href="/b">Buscador</a> <a href="/c">Contacto</a>
<a href="/m">Mapa</a></div>
<div id="cuerpo"><center><b>LEY N.º 30947</b></center><p>Concordancias: <a href="/1">D.S. 007-2017-IN</a>, <a
href="/2">Ley 26842</a>, <a href="/3">D.L. 1350</a>, <a href="/4">R.M. 258-2019</a></p>
<p>Artículo 1.- Objeto. La presente ley regula la salud mental.</p>
<p>Artículo 2.- Personas. Comprende a toda persona extranjera.</p>
<div class="notas-relacionadas-al-articulo">Texto según la modificación del año 2021.</div>
<ul><li><a href="#a1">Anexo 1</a></li><li><a href="#a2">Anexo 2</a></li><li><a href="#a3">Anexo 3</a></li>
<li><a href="#a4">Anexo 4</a></li></ul>
<table><tr><th>País</th><th>Norma</th></tr><tr><td><a href="/p">Perú</a></td><td><a href="/q">Ley 1</a></td></tr>
<tr><td><a href="/r">Chile</a></td><td><a href="/s">Ley 2</a></td></tr></table></div>
<div class="paginacion pager"><a href="/x">Anterior</a> <a href="/y">Siguiente</a></div>""",
    [
        "LEY N.º 30947", "Concordancias: D.S. 007-2017-IN, Ley 26842, D.L. 1350, R.M. 258-2019",
        "Artículo 1.- Objeto.", "Artículo 2.- Personas.", "Texto según la modificación", "Anexo 3", "Chile | Ley 2",
    ],
    ["Buscador", "Mapa", "Anterior", "Siguiente"],
)  # fmt: skip

REPORT = _page(
    "Regional response",
    f"""
<div class="language-switcher"><ul>{_links("English", "Español", "Português", "Français")}</ul></div>
<div role="navigation"><ul>{_links("Data", "Documents", "Partners", "Maps")}</ul></div>
<div class="wrapper"><div class="report"><h1>Regional response, first half of 2022</h1>
<div class="tabs"><ul>{_links("Summary", "Sectors", "Funding", "Contacts")}</ul></div>
<div class="summary"><p>Partners reached 1.37 million people, 44 per cent of the target.</p>
<h2>Health</h2><p>Consultations rose from 12,400 to 31,900.</p>
<h2>References</h2><ol><li><a href="/a">R4V, Regional refugee and migrant response plan 2022, Panama, December
2021</a></li>
<li><a href="/b">PAHO, Health of migrants in the Americas: guidance document, Washington, 2019</a></li>
<li><a href="/c">INEI, Encuesta dirigida a la población venezolana que reside en el país, Lima, 2022</a></li><li><a
href="/d">World Bank, An opportunity for all: Venezuelan migrants in Peru, Washington, 2019</a></li></ol></div></div>
<div class="tag-cloud"><ul>{_links("Health", "Shelter", "Protection", "WASH")}</ul></div>
<div class="related-content"><h2>You may also like</h2><div class="card"><p>Monthly factsheet of the coordination
platform, issue 14.</p></div></div></div>
<div class="consent-layer"><p>This site stores information on your device; manage your preferences.</p></div>""",
    [
        "Regional response, first half of 2022", "Partners reached 1.37 million people", "Consultations rose",
        "R4V, Regional refugee and migrant response plan", "World Bank, An opportunity for all",
    ],
    [
        "Português", "Partners Maps", "Contacts", "Shelter", "You may also like", "Monthly factsheet",
        "This site stores information",
    ],
)  # fmt: skip

OLD_SITE = _page(
    "Health policy",
    """
<table width="100%"><tr><td><a href="/">Home</a> | <a href="/s">Site map</a> | <a href="/e">What is new?</a> | <a
href="/c">Search page</a></td></tr></table>
<table><tr><td width="20%"><a href="/1">Policy</a><br><a href="/2">Programmes</a><br><a href="/3">Legislation</a><br><a
href="/4">Press room</a><br><a href="/5">Mailing list</a></td>
<td><h1>Health policy for migrants</h1><p>The Council adopted the conclusions in June 2004.</p>
<p>Member States report every two years; the first report covers 15 countries.</p>
<p>Contact points: <a href="/x">Spain</a>, <a href="/y">Portugal</a>, <a href="/z">Italy</a> and Malta.</p></td></tr>
</table><div class="legal-notice footer">Last update: 12-06-2004 | <a href="/t">Top</a> | <a href="/l">Legal notice</a>
</div>""",
    [
        "Health policy for migrants",
        "The Council adopted",
        "Member States report",
        "Contact points: Spain, Portugal",
    ],
    ["Site map", "Press room", "Mailing list", "Legal notice"],
)

PAGES = {"ministry": MINISTRY, "UN story": UN_STORY, "law": LAW, "report": REPORT, "old site": OLD_SITE}
