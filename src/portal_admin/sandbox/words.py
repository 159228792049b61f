"""Words that generated names, addresses and equipment are put together from."""

from __future__ import annotations

_PLACES = (
    "Prairie, Granite, Cedar, Blue Heron, Summit, Harbor, Red River, Lakeside, Ironwood, Silver Creek, Big Sky, "
    "Tallgrass, Cottonwood, Bayside, Copper Ridge, Eagle Point, Fox Hollow, Golden Plains, High Mesa, Juniper, "
    "Keystone, Lone Pine, Maple Grove, North Fork, Oak Bluff, Palmetto, Quarry Hill, Rolling Hills, Sandhill, "
    "Timberline, Union Station, Valley View, Westfield, Yellowstone, Zion, Antelope, Bluestem, Canyon, Driftwood, "
    "Elkhorn, Flint Hills, Gulf Coast, Heartland, Inland Empire, Jackson Hole, Kettle Moraine, Lighthouse, Mesquite, "
    "Niobrara, Ozark, Piedmont, Rainier, Sawtooth, Tidewater, Upland, Vermilion, White Oak, Badlands, Cascade, Dakota"
)
_SURNAMES = (
    "Olsen Reyes Whitfield Novak Kim Haddad Fernandez Grant Park Rao Hart Becker Lindqvist Moreau Tanaka Okafor "
    "Schmidt Kowalski Nguyen Patel Johansson Murphy Costa Dubois Ivanov Larsen Mendoza Abbott Baker Carver Dawson "
    "Ellison Foster Garner Hughes Ingram Jensen Keller Lambert Mercer Norris Osborne Pruitt Quinn Ramsey Sawyer "
    "Thatcher Underwood Vance Wexler Yates Zimmer Archer Brandt Coleman Duarte Espinoza Fischer Gallagher Holloway"
)
_FIRST_NAMES = (
    "Maria Tom Grace Bill Anita Steve Dana Pat Omar June Lee Zoe Carl Ruth Ivan Nora Hugo Alma Otto Vera Sam Ines "
    "Karl Lena Raj Mei Joan Luis Eva Paul Kate Abel Rosa Finn Gwen Hank Iris Jack Kay Leo"
)
PLACES = tuple(_PLACES.split(", "))
SURNAMES = tuple(_SURNAMES.split())
FIRST_NAMES = tuple(_FIRST_NAMES.split())
TRADES = (
    *("Hauling", "Excavating", "Dental Group", "Landscaping", "Farms", "Seafood", "Print & Mail", "Brewing"),
    *("Imaging Center", "Paving", "Logistics", "Orchards", "Roofing", "Machine Works", "Veterinary Clinic"),
    *(
        "Trucking",
        "Concrete",
        "Bakery",
        "Fitness",
        "Auto Body",
        "Plumbing",
        "Electric",
        "Fabrication",
        "Dairy",
    ),
    *(
        "Crane Service",
        "Recycling",
        "Tree Service",
        "Catering",
        "Laundry",
        "Family Medicine",
        "Well Drilling",
    ),
    *(
        "Grain & Feed",
        "Welding",
        "Towing",
        "Sawmill",
        "Quarry",
        "Ambulance",
        "School Bus",
        "Packaging",
        "Optical",
    ),
)
SUFFIXES = ("LLC", "Inc.", "Co.", "Corp.", "LLC", "Inc.", "LP", "Ltd.")
UNICODE_NAMES = (
    *(
        "Groupe Bélanger Ltée",
        "Norte y Sur Distribución",
        "Łukasz Nowak Spedycja",
        "Ærø Shipping",
        "Ōmori Ironworks",
    ),
    *(
        "Señor Tequila Distribuidora",
        "Crêperie d’Amélie",
        "Jürgen Groß Maschinenbau",
        "Ştefan Transport",
        "北山農園",
    ),
)
LONG_NAME = (
    "The Consolidated Cooperative Association of Independent Grain, Feed, Seed, Fertilizer and Agricultural Equipment "
    "Dealers of the Upper Missouri River Valley and Adjoining Counties"
)

# City, state, first three digits of the ZIP code
US_CITIES = (
    *(
        ("Omaha", "NE", "681"),
        ("Lincoln", "NE", "685"),
        ("Des Moines", "IA", "503"),
        ("Kansas City", "MO", "641"),
    ),
    *(
        ("Minneapolis", "MN", "554"),
        ("Chicago", "IL", "606"),
        ("Dallas", "TX", "752"),
        ("Houston", "TX", "770"),
    ),
    *(("Denver", "CO", "802"), ("Boise", "ID", "837"), ("Portland", "ME", "041"), ("Boston", "MA", "021")),
    *(
        ("Newark", "NJ", "071"),
        ("Baltimore", "MD", "212"),
        ("Norfolk", "VA", "235"),
        ("Charleston", "SC", "294"),
    ),
    *(
        ("Atlanta", "GA", "303"),
        ("Tampa", "FL", "336"),
        ("Nashville", "TN", "372"),
        ("Columbus", "OH", "432"),
    ),
    *(
        ("Detroit", "MI", "482"),
        ("Milwaukee", "WI", "532"),
        ("Fargo", "ND", "581"),
        ("Billings", "MT", "591"),
    ),
    *(("Phoenix", "AZ", "850"), ("Reno", "NV", "895"), ("Seattle", "WA", "981"), ("Fresno", "CA", "937")),
)
# City, province, postal code
CA_CITIES = (
    *(("Québec", "QC", "G1R 4P5"), ("Winnipeg", "MB", "R3C 0V8"), ("Calgary", "AB", "T2P 1J9")),
    *(("Toronto", "ON", "M5H 2N2"), ("Regina", "SK", "S4P 3Y2"), ("Halifax", "NS", "B3J 1S9")),
)
# City, state, postal code, country
OTHER_CITIES = (
    *(("Monterrey", "NL", "64000", "MX"), ("Leeds", None, "LS1 4AP", "GB"), ("Nassau", None, None, "BS")),
    *(("Hamburg", None, "20095", "DE"), ("Cork", None, "T12 W8RD", "IE")),
)
STREETS = (
    "Main St",
    "County Road 12",
    "Industrial Pkwy",
    "2nd Ave",
    "Harbor Blvd",
    "Elm St",
    "State Hwy 6",
    "Mill Rd",
)

# Description, manufacturer, model, price from, price to
EQUIPMENT = (
    *(("Flatbed trailer", "Utility", "4000A", 38, 62), ("Excavator", "Komatsu", "PC210", 140, 260)),
    *(
        ("Skid steer loader", "Bobcat", "S770", 45, 80),
        ("Day cab tractor", "Freightliner", "Cascadia", 95, 180),
    ),
    *(("CT scanner", "Siemens", "Somatom go.Up", 220, 420), ("Dental chair package", "A-dec", "500", 25, 60)),
    *(("CNC lathe", "Haas", "ST-20", 70, 130), ("Forklift", "Toyota", "8FGU25", 24, 45)),
    *(
        ("Combine harvester", "John Deere", "S780", 250, 520),
        ("Offset press", "Heidelberg", "SX 52", 110, 300),
    ),
    *(
        ("Brewhouse", "Specific Mechanical", "15 bbl", 90, 240),
        ("Refrigerated van", "Ford", "Transit 350", 48, 74),
    ),
    *(
        ("Server and storage", "Dell", "PowerEdge R760", 18, 90),
        ("Copier fleet", "Canon", "iR-ADV C5850", 12, 60),
    ),
    *(("School bus", "Blue Bird", "Vision", 85, 130), ("Wheel loader", "Caterpillar", "950M", 160, 310)),
)
BANKS = (
    *(("First National", "104000016"), ("Great Plains Bank", "104000029"), ("Harbor Trust", "021000021")),
    *(("Union Savings", "011000015"), ("Western Commerce", "121000358"), ("Cattlemen’s Bank", "091000019")),
)
TITLES = (
    "Owner",
    "Controller",
    "Accounts Payable",
    "Office Manager",
    "Chief Financial Officer",
    "Fleet Manager",
)
REPS = ("B. Carver", "L. Mercer", "T. Quinn", "S. Yates")

# Labels as contracts carry them, the first spelling being ASPIRE's own; LEGACY is mapped to no site.
NORTHWIND, PRAIRIE, PRAIRIE_WEST, EASTERN, LEGACY = (
    "Northwind",
    "PRAIRIE",
    "Prairie West",
    "EASTERN",
    "LEGACY",
)
LABELS = (NORTHWIND, PRAIRIE, PRAIRIE_WEST, EASTERN, LEGACY)
